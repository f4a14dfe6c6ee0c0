# The KV engine and the auth method are made elsewhere. Where they were made here before, they stay,
# with all that is in them.
removed {
  from = vault_mount.kv

  lifecycle {
    destroy = false
  }
}

removed {
  from = vault_auth_backend.approle

  lifecycle {
    destroy = false
  }
}

locals {
  kv_mount      = local.vault.mount
  approle_mount = local.vault.approle_mount
}
