# The plan's Terraform as it was written by hand, before nixgen.
variable "forgejo_native_runner_token" {
  description = "Forgejo Actions runner token for native nix runner on nix-cache02"
  type        = string
  default     = "PLACEHOLDER"
  sensitive   = true
}

locals {
  secrets = {
    "hosts/nix-cache02/forgejo-native-runner-token" = {
      auto_generate = false
      data          = { token = var.forgejo_native_runner_token }
    }
  }
}
