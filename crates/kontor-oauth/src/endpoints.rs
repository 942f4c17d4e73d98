//! Where the parts of the OAuth 2.0 API are.

use ruma::api::client::discovery::get_authorization_server_metadata::v1::AuthorizationServerMetadata;
use ruma::serde::Raw;
use serde_json::{Value, json};

use crate::client::{CODE_GRANT, DEVICE_GRANT, REFRESH_GRANT};

/// The addresses of one organisation's OAuth 2.0 API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoints {
    /// With a slash at the end.
    base: String,
}

impl Endpoints {
    /// Path of the page where a person allows a program.
    pub const AUTHORIZE: &'static str = "/oauth2/authorize";
    /// Path of the page where a person types in the code of another device.
    pub const LINK: &'static str = "/oauth2/link";
    /// Path that trades codes for tokens.
    pub const TOKEN: &'static str = "/oauth2/token";
    /// Path that ends sign-ins.
    pub const REVOKE: &'static str = "/oauth2/revoke";
    /// Path where programs register.
    pub const REGISTER: &'static str = "/oauth2/register";
    /// Path where programs ask for a code to be typed in elsewhere.
    pub const DEVICE: &'static str = "/oauth2/device";
    /// Path of the account pages.
    pub const ACCOUNT: &'static str = "/account/";

    /// Under the public address of the organisation, `https://matrix.firma.example`.
    #[must_use]
    pub fn new(public_url: &str) -> Self {
        Self { base: format!("{}/", public_url.trim_end_matches('/')) }
    }

    /// Name of the authorization server (RFC 8414), which it adds to its answers so that a program
    /// cannot take one server's code for another's (RFC 9207).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.base
    }

    /// The address of a path that begins with a slash.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        format!("{}{}", self.base.trim_end_matches('/'), path)
    }

    /// The description that programs read (spec: `GET /auth_metadata`).
    pub fn metadata(&self) -> kontor_core::Result<Raw<AuthorizationServerMetadata>> {
        Raw::new(&self.to_json()).map(Raw::cast_unchecked).map_err(kontor_core::Error::internal)
    }

    /// As [`Endpoints::metadata`], as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "issuer": self.issuer(),
            "authorization_endpoint": self.at(Self::AUTHORIZE),
            "token_endpoint": self.at(Self::TOKEN),
            "revocation_endpoint": self.at(Self::REVOKE),
            "registration_endpoint": self.at(Self::REGISTER),
            "device_authorization_endpoint": self.at(Self::DEVICE),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment"],
            "grant_types_supported": [CODE_GRANT, REFRESH_GRANT, DEVICE_GRANT],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "revocation_endpoint_auth_methods_supported": ["none"],
            "authorization_response_iss_parameter_supported": true,
            "account_management_uri": self.at(Self::ACCOUNT),
            "account_management_actions_supported": [
                "org.matrix.profile",
                "org.matrix.devices_list",
                "org.matrix.device_view",
                "org.matrix.device_delete",
                "org.matrix.account_deactivate",
                "org.matrix.cross_signing_reset",
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lie_under_the_public_one() {
        for base in ["https://matrix.firma.example", "https://matrix.firma.example/"] {
            let endpoints = Endpoints::new(base);
            assert_eq!(endpoints.issuer(), "https://matrix.firma.example/");
            let token = endpoints.at(Endpoints::TOKEN);
            assert_eq!(token, "https://matrix.firma.example/oauth2/token");
            let metadata = endpoints.metadata().unwrap().deserialize().unwrap();
            assert!(metadata.validate_urls().is_ok());
        }
    }
}
