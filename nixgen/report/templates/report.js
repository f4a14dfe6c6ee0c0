"use strict";
// Narrows the report to what is looked for. Without it the page shows everything.
(() => {
  const form = document.getElementById("filters");
  const search = document.getElementById("search");
  const host = document.getElementById("host");
  const reset = document.getElementById("reset");
  const shown = document.getElementById("shown");
  const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];

  const rows = all("[data-row]").map((element) => {
    const group = element.closest("[data-group]");
    const titles = group === null ? [] : all("h3, header .code", group);
    const title = titles.map((each) => each.textContent).join(" ");
    return {
      element,
      text: `${element.textContent} ${title} ${element.dataset.hosts}`.toLowerCase(),
      hosts: element.dataset.hosts.split(" "),
      severity: element.dataset.severity,
    };
  });
  const groups = all("[data-group]");
  const sections = all("[data-section]");
  let narrowed = false;
  const folds = all("details").map((element) => ({ element, open: element.open }));

  function matches(row, words, severities) {
    return (
      words.every((word) => row.text.includes(word)) &&
      (host === null || host.value === "" || row.hosts.includes(host.value)) &&
      (row.severity === undefined || severities.has(row.severity))
    );
  }

  function narrow() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = all("[name=severity]:checked", form).map((each) => each.value);
    const severities = new Set(chosen);
    narrowed = words.length > 0 || (host !== null && host.value !== "");
    let count = 0;
    for (const row of rows) {
      const hit = matches(row, words, severities);
      row.element.hidden = !hit;
      count += hit;
    }
    const isEmpty = (element) => element.querySelector("[data-row]:not([hidden])") === null;
    for (const group of groups) group.hidden = isEmpty(group);
    for (const section of sections) {
      const nothing = section.querySelector("[data-nothing]");
      nothing.hidden = section.querySelector("[data-row]") === null || !isEmpty(section);
    }
    for (const fold of folds) fold.element.open = narrowed || fold.open;
    reset.hidden = count === rows.length;
    shown.textContent = count === rows.length ? "" : `${count} of ${rows.length} rows`;
  }

  form.hidden = false;
  form.addEventListener("input", narrow);
  form.addEventListener("reset", () => setTimeout(narrow));
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const fold of folds) {
    fold.element.addEventListener("click", () => setTimeout(() => {
      if (!narrowed) fold.open = fold.element.open;
    }));
  }
  document.addEventListener("keydown", (event) => {
    const typing = /^(input|select|textarea)$/i.test(document.activeElement.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    }
  });

  // On paper all is open.
  addEventListener("beforeprint", () => folds.forEach((fold) => (fold.element.open = true)));
  addEventListener("afterprint", narrow);

  // A box that is pointed at, or the host that is chosen, stands out in the graph with its lines:
  // of a host also those of its policy and its runners.
  const picture = document.querySelector(".graph");
  const nodes = picture === null ? [] : all(".node", picture);
  const edges = picture === null ? [] : all(".edge", picture).map((element) => ({
    element,
    ends: [element.dataset.source, element.dataset.target],
  }));

  function around(start) {
    const keys = new Set([start]);
    const lines = new Set();
    const open = [start];
    while (open.length > 0) {
      const key = open.pop();
      for (const { element, ends } of edges.filter((edge) => edge.ends.includes(key))) {
        lines.add(element);
        for (const end of ends) {
          if (!keys.has(end) && start.startsWith("host:") && /^(policy|runner):/.test(end)) open.push(end);
          keys.add(end);
        }
      }
    }
    return { keys, lines };
  }

  function light(key) {
    const { keys, lines } = around(key ?? "");
    for (const node of nodes) node.classList.toggle("faint", key !== null && !keys.has(node.dataset.key));
    for (const { element } of edges) element.classList.toggle("faint", key !== null && !lines.has(element));
  }

  const lightHost = () => light(host === null || host.value === "" ? null : `host:${host.value}`);
  for (const node of nodes) {
    node.addEventListener("pointerenter", () => light(node.dataset.key));
    node.addEventListener("pointerleave", lightHost);
  }
  form.addEventListener("input", lightHost);
  form.addEventListener("reset", () => setTimeout(lightHost));
})();
