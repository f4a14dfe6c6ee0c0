{ ... }:
{
  vault.secrets.mail = {
    secretPath = "hosts/db/mail";
    extractKey = "password";
    format = "env";
    envVar = "SMTP_PASSWORD";
    mode = "0400";
    services = [ "mail-relay" ];
    allowCached = true;
  };
}
