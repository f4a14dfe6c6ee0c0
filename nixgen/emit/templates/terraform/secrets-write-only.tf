# Values are sent to Vault where a secret is new or its version was raised. They stand neither in the
# state nor in a saved plan. What uuid() gives is random, and another each time.
resource "vault_kv_secret_v2" "generated" {
  for_each = { for path, secret in local.secrets : path => secret if secret.auto_generate }
  mount    = local.kv_mount
  name     = each.key
  data_json_wo = jsonencode({
    (each.value.key) = substr(
      join("", [for part in range(ceil(each.value.length / 64)) : sha256("${uuid()}${uuid()}")]),
      0,
      each.value.length,
    )
  })
  data_json_wo_version = each.value.version

  lifecycle {
    create_before_destroy = true # at another path, then
  }
}

resource "vault_kv_secret_v2" "given" {
  for_each             = { for path, secret in local.secrets : path => secret if !secret.auto_generate }
  mount                = local.kv_mount
  name                 = each.key
  data_json_wo         = jsonencode(each.value.data)
  data_json_wo_version = each.value.version

  lifecycle {
    create_before_destroy = true # at another path, then
  }
}
