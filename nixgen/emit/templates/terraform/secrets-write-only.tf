# Values are sent to Vault where a secret is new or its version was raised. They stand neither in the
# state nor in a saved plan. What uuid() gives is random, and another each time.
resource "vault_kv_secret_v2" "generated" {
  for_each = { for path, secret in local.secrets : path => secret.version if secret.auto_generate }
  mount    = local.kv_mount
  name     = each.key
  data_json_wo = jsonencode({
    (local.secrets[each.key].key) = substr(
      join("", [
        for part in range(ceil(local.secrets[each.key].length / 64)) : sha256("${uuid()}${uuid()}")
      ]),
      0,
      local.secrets[each.key].length,
    )
  })
  data_json_wo_version = each.value

  lifecycle {
    create_before_destroy = true # at another path, then
  }
}

resource "vault_kv_secret_v2" "given" {
  for_each             = { for path, secret in local.secrets : path => secret.version if !secret.auto_generate }
  mount                = local.kv_mount
  name                 = each.key
  data_json_wo         = jsonencode(local.secrets[each.key].data)
  data_json_wo_version = each.value

  lifecycle {
    create_before_destroy = true # at another path, then
  }
}
