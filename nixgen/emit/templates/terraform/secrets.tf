# Values that are made once and kept in the state; what uuid() gives is random.
resource "terraform_data" "generated" {
  for_each = { for path, secret in local.secrets : path => secret if secret.auto_generate }
  input = sensitive(substr(
    join("", [for part in range(ceil(each.value.length / 64)) : sha256("${uuid()}${uuid()}")]),
    0,
    each.value.length,
  ))

  lifecycle {
    ignore_changes = [input]
  }
}

resource "vault_kv_secret_v2" "generated" {
  for_each  = { for path, secret in local.secrets : path => secret if secret.auto_generate }
  mount     = local.kv_mount
  name      = each.key
  data_json = jsonencode({ (each.value.key) = terraform_data.generated[each.key].output })
}

resource "vault_kv_secret_v2" "given" {
  for_each  = { for path, secret in local.secrets : path => secret if !secret.auto_generate }
  mount     = local.kv_mount
  name      = each.key
  data_json = jsonencode(each.value.data)
}
