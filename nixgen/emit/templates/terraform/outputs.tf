output "role_ids" {
  description = "The role id of each host, by its name"
  value       = { for host, role in vault_approle_auth_backend_role.hosts : host => role.role_id }
}

output "secret_ids" {
  description = "The secret ids that are not wrapped, by their host's name"
  sensitive   = true
  value = {
    for host, made in vault_approle_auth_backend_role_secret_id.hosts : host => made.secret_id
    if local.generated_host_policies[host].wrapping_ttl == null
  }
}

output "wrapping_tokens" {
  description = "What a wrapped secret id is unwrapped with, once, by its host's name"
  sensitive   = true
  value = {
    for host, made in vault_approle_auth_backend_role_secret_id.hosts : host => made.wrapping_token
    if local.generated_host_policies[host].wrapping_ttl != null
  }
}
