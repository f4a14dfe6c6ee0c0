# What modules of NixOS use of nixpkgs' `lib`, as far as our tests need it: written from its documented
# behaviour, so that a module can be evaluated with Nix alone.
rec {
  inherit (builtins)
    attrNames
    attrValues
    concatLists
    concatMap
    concatStringsSep
    elem
    filter
    head
    isAttrs
    isBool
    isFunction
    isInt
    isList
    isString
    length
    listToAttrs
    mapAttrs
    match
    replaceStrings
    ;

  # -- lists, attribute sets, strings ------------------------------------------------------------

  unique = builtins.foldl' (found: each: if elem each found then found else found ++ [ each ]) [ ];
  optional = condition: value: if condition then [ value ] else [ ];
  optionals = condition: values: if condition then values else [ ];
  mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
  filterAttrs = keep: set: removeAttrs set (filter (name: !(keep name set.${name})) (attrNames set));
  mapAttrs' = f: set: listToAttrs (mapAttrsToList f set);
  nameValuePair = name: value: { inherit name value; };
  concatMapStringsSep =
    separator: f: list:
    concatStringsSep separator (map f list);
  stringLength = builtins.stringLength;
  hasSuffix =
    suffix: text:
    let
      start = stringLength text - stringLength suffix;
    in
    start >= 0 && builtins.substring start (-1) text == suffix;
  removeSuffix =
    suffix: text:
    if hasSuffix suffix text then
      builtins.substring 0 (stringLength text - stringLength suffix) text
    else
      text;

  # -- definitions -------------------------------------------------------------------------------

  mkOption = option: option // { _type = "option"; };
  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };
  mkDefault = mkOverride 1000;
  mkForce = mkOverride 50;

  # -- types -------------------------------------------------------------------------------------

  # A type is { description; check; merge; }: whether a definition is of the type, and the value
  # that several of one priority make. `merge` gets the option's path and a list of { value }.
  types =
    let
      one = loc: definitions: (head (equal loc definitions)).value;
      equal =
        loc: definitions:
        if builtins.all (each: each.value == (head definitions).value) definitions then
          definitions
        else
          throw "The option `${concatStringsSep "." loc}' has conflicting definition values";
      simple = description: check: {
        inherit description check;
        merge = one;
      };
      between =
        low: high: description:
        simple description (value: isInt value && low <= value && value <= high);
    in
    rec {
      str = simple "string" isString;
      bool = simple "boolean" isBool;
      int = simple "signed integer" isInt;
      port = between 0 65535 "16 bit unsigned integer";
      path = simple "path" (
        value: builtins.isPath value || (isString value && match "/.*" value != null)
      );
      package = simple "package" (value: (value.type or null) == "derivation");
      anything = simple "anything" (_: true);
      lines = simple "strings concatenated with \"\\n\"" isString // {
        merge = _: definitions: concatMapStringsSep "\n" (each: each.value) definitions;
      };
      enum =
        values:
        simple "one of ${concatMapStringsSep ", " builtins.toJSON values}" (value: elem value values);
      strMatching =
        pattern:
        simple "string matching the pattern ${pattern}" (
          value: isString value && match pattern value != null
        );

      nullOr = type: {
        description = "null or ${type.description}";
        check = value: value == null || type.check value;
        merge =
          loc: definitions:
          if builtins.all (each: each.value == null) definitions then null else type.merge loc definitions;
      };

      either = first: second: {
        description = "${first.description} or ${second.description}";
        check = value: first.check value || second.check value;
        merge =
          loc: definitions:
          if builtins.all (each: first.check each.value) definitions then
            first.merge loc definitions
          else
            second.merge loc definitions;
      };

      listOf = type: {
        description = "list of ${type.description}";
        check = isList;
        merge =
          loc: definitions:
          concatMap (
            each: map (value: valueOf (loc ++ [ "*" ]) type [ { inherit value; } ]) each.value
          ) definitions;
      };

      attrsOf = type: {
        description = "attribute set of ${type.description}";
        check = isAttrs;
        merge =
          loc: definitions:
          let
            pushed = concatMap (each: pushDown each.value) definitions;
            names = unique (concatMap attrNames pushed);
            of = name: concatMap (each: optional (each ? ${name}) { value = each.${name}; }) pushed;
            defined = filter (name: discharged (of name) != [ ]) names;
          in
          listToAttrs (map (name: nameValuePair name (valueOf (loc ++ [ name ]) type (of name))) defined);
      };

      submodule = module: {
        description = "submodule";
        check = value: isAttrs value || isFunction value;
        merge =
          loc: definitions:
          (evaluate {
            prefix = loc;
            modules = [ module ] ++ map (each: each.value) definitions;
            arguments.name = builtins.elemAt loc (length loc - 1);
          }).config;
      };
    };

  # -- evaluation --------------------------------------------------------------------------------

  # mkIf and mkMerge around a set, moved to its attributes: so their names are known without the
  # conditions, which may depend on the values.
  pushDown =
    set:
    if (set._type or null) == "merge" then
      concatMap pushDown set.contents
    else if (set._type or null) == "if" then
      map (mapAttrs (_: mkIf set.condition)) (pushDown set.content)
    else if (set._type or null) == "override" then
      map (mapAttrs (_: mkOverride set.priority)) (pushDown set.content)
    else
      [ set ];

  # The definitions that hold, each { value, priority }.
  discharged =
    definitions:
    concatMap (
      each:
      let
        value = each.value;
        kind = if isAttrs value then value._type or null else null;
      in
      if kind == "if" then
        optionals value.condition (discharged [ (each // { value = value.content; }) ])
      else if kind == "merge" then
        discharged (map (content: each // { value = content; }) value.contents)
      else if kind == "override" then
        discharged [
          {
            value = value.content;
            inherit (value) priority;
          }
        ]
      else
        [ ({ priority = 100; } // each) ]
    ) definitions;

  # The value of a type that definitions make at a place; only those of the best priority count.
  valueOf =
    loc: type: definitions:
    let
      all = discharged definitions;
      best = builtins.foldl' (low: each: if each.priority < low then each.priority else low) 9999 all;
      chosen = filter (each: each.priority == best) all;
      shown = concatStringsSep "." loc;
      wrong = filter (each: !type.check each.value) chosen;
    in
    if all == [ ] then
      throw "The option `${shown}' was accessed but has no value defined"
    else if wrong != [ ] then
      throw "A definition for option `${shown}' is not of type `${type.description}'"
    else
      type.merge loc chosen;

  # { config, options } of modules. `arguments` are further ones that a module can name, besides
  # config, options and lib.
  evaluate =
    {
      modules,
      arguments ? { },
      prefix ? [ ],
    }:
    let
      normal =
        module:
        let
          imported = if builtins.isPath module || isString module then import module else module;
          given = arguments // {
            inherit config options;
            lib = import ./eval-modules.nix;
          };
          named = builtins.functionArgs imported;
          called =
            if isFunction imported then imported (mapAttrs (name: _: given.${name}) named) else imported;
          parts = [
            "imports"
            "options"
            "config"
          ];
          whole = called ? options || called ? config;
          strange = removeAttrs called parts;
          own = {
            key = if builtins.isPath module then toString module else null;
            options = called.options or { };
            config = if whole then called.config or { } else removeAttrs called [ "imports" ];
          };
        in
        if whole && strange != { } then
          throw "a module with options or config has also ${toString (attrNames strange)}"
        else
          concatMap normal (called.imports or [ ]) ++ [ own ];

      # A file that several modules import counts once.
      all = builtins.foldl' (
        found: each:
        if each.key != null && elem each.key (map (e: e.key) found) then found else found ++ [ each ]
      ) [ ] (concatMap normal modules);

      merged = builtins.foldl' mergeOptions { } (map (each: each.options) all);
      mergeOptions =
        one: other:
        one
        // mapAttrs (
          name: option:
          if !(one ? ${name}) then
            option
          else if isOption option || isOption one.${name} then
            throw "The option `${name}' is declared twice"
          else
            mergeOptions one.${name} option
        ) other;
      isOption = option: (option._type or null) == "option";

      definitions = concatMap (each: pushDown each.config) all;

      values =
        loc: declared: defined:
        mapAttrs (
          name: option:
          let
            here = loc ++ [ name ];
            of = concatMap (each: optional (each ? ${name}) each.${name}) defined;
          in
          if isOption option then
            valueOf here option.type (
              map (value: { inherit value; }) of
              ++ optional (option ? default) {
                value = option.default;
                priority = 1500;
              }
            )
          else
            values here option (concatMap pushDown of)
        ) declared;

      unknown =
        loc: declared: defined:
        concatMap (
          each:
          concatMap (
            name:
            if !(declared ? ${name}) then
              [ (concatStringsSep "." (loc ++ [ name ])) ]
            else if isOption declared.${name} then
              [ ]
            else
              unknown (loc ++ [ name ]) declared.${name} (pushDown each.${name})
          ) (attrNames each)
        ) defined;

      options = merged;
      config = values prefix merged definitions;
      strangers = unknown prefix merged definitions;
    in
    {
      inherit options;
      config = if strangers == [ ] then config else throw "The option `${head strangers}' does not exist";
    };
}
