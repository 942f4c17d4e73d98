//! Signing in to programs by OAuth 2.0 (Matrix client-server API, "OAuth 2.0 API").
//!
//! A program registers ([`OAuth::register`]), sends the person to the account pages, where
//! [`OAuth::look_at`] says what is asked and [`OAuth::allow`] answers it with a code, and trades the
//! code for tokens ([`OAuth::tokens`]). Or it shows the person a code to be typed in elsewhere
//! ([`OAuth::start_device_grant`]). Tokens and devices are those of `kontor-identity`.

mod authorization;
mod client;
mod code;
mod device_grant;
mod endpoints;
mod oauth;
mod refusal;
mod scope;
mod token;

pub use authorization::{AuthorizationRequest, Denial, Question, ResponseMode};
pub use client::{Client, ClientUri};
pub use device_grant::{DeviceCodes, UserCode};
pub use endpoints::Endpoints;
pub use oauth::OAuth;
pub use refusal::{OAuthCode, Refusal};
pub use token::{Grant, TokenRequest, Tokens};
