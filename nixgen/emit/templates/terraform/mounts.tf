resource "vault_mount" "kv" {
  path    = local.vault.mount
  type    = "kv"
  options = { version = "2" }

  lifecycle {
    prevent_destroy = true # all secrets would go with it
  }
}

resource "vault_auth_backend" "approle" {
  type = "approle"
  path = local.vault.approle_mount

  lifecycle {
    prevent_destroy = true # all hosts would lose their logins with it
  }
}

locals {
  kv_mount      = vault_mount.kv.path
  approle_mount = vault_auth_backend.approle.path
}
