resource "vault_policy" "hosts" {
  for_each = local.generated_host_policies
  name     = "host-${each.key}"
  policy = join("\n", [
    for path in each.value.paths : <<-EOT
      path "${path}" {
        capabilities = ["read"]
      }
    EOT
  ])
}

resource "vault_approle_auth_backend_role" "hosts" {
  for_each              = local.generated_host_policies
  backend               = local.approle_mount
  role_name             = each.key
  token_policies        = [vault_policy.hosts[each.key].name]
  token_ttl             = each.value.token_ttl
  token_max_ttl         = each.value.token_max_ttl
  token_bound_cidrs     = each.value.bound_cidrs
  secret_id_bound_cidrs = each.value.bound_cidrs
  secret_id_ttl         = each.value.secret_id_ttl
  secret_id_num_uses    = each.value.secret_id_uses
}

# One that is used up or expired is made anew by the next apply. A wrapped one is known by its
# accessor, so that it stays the same when its host has unwrapped it.
resource "vault_approle_auth_backend_role_secret_id" "hosts" {
  for_each              = { for host, role in local.generated_host_policies : host => role if role.secret_id }
  backend               = local.approle_mount
  role_name             = vault_approle_auth_backend_role.hosts[each.key].role_name
  ttl                   = each.value.secret_id_ttl
  num_uses              = each.value.secret_id_uses
  wrapping_ttl          = each.value.wrapping_ttl
  with_wrapped_accessor = each.value.wrapping_ttl != null
}
