# What Terraform makes is made once, and anew where the length or the version changes. The state keeps
# the values, in an argument that no plan shows: `output` would be shown when it goes. What uuid() gives
# is random.
resource "terraform_data" "generated" {
  for_each = { for path, secret in local.secrets : path => secret if secret.auto_generate }
  triggers_replace = {
    length  = each.value.length
    version = each.value.version
    value = sensitive(substr(
      join("", [for part in range(ceil(each.value.length / 64)) : sha256("${uuid()}${uuid()}")]),
      0,
      each.value.length,
    ))
  }

  lifecycle {
    ignore_changes = [triggers_replace.value]
  }
}

# Collected once: each reference to a resource goes through all of its instances.
locals {
  generated_values = { for path, made in terraform_data.generated : path => made.triggers_replace.value }
}

resource "vault_kv_secret_v2" "generated" {
  for_each  = { for path, secret in local.secrets : path => secret if secret.auto_generate }
  mount     = local.kv_mount
  name      = each.key
  data_json = jsonencode({ (each.value.key) = local.generated_values[each.key] })

  lifecycle {
    create_before_destroy = true # at another path, then
  }
}

resource "vault_kv_secret_v2" "given" {
  for_each  = { for path, secret in local.secrets : path => secret if !secret.auto_generate }
  mount     = local.kv_mount
  name      = each.key
  data_json = jsonencode(each.value.data)

  lifecycle {
    create_before_destroy = true # at another path, then
  }
}
