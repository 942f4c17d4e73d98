//! What a program asks a person, and the answer (RFC 6749 §4.1, RFC 7636, RFC 9207).

use std::time::Duration;

use kontor_core::{Cx, DeviceKind, Error, MatrixCode, Result};
use kontor_store::oauth_code::{self, CodeRow};
use kontor_store::oauth_session;
use ruma::OwnedDeviceId;
use serde::Deserialize;
use url::Url;

use crate::client::{CODE_GRANT, Client};
use crate::code::{is_challenge, program_code};
use crate::oauth::{OAuth, find_client};
use crate::refusal::{OAuthCode, Refusal};
use crate::scope::device_of;

/// Prefix of authorization codes, so that scanners recognise a leaked one.
pub(crate) const CODE_PREFIX: &str = "kc_";
/// How long a program may take to trade a code for tokens.
const CODE_LIFETIME: Duration = Duration::from_mins(1);
/// Longest `state`, in bytes.
const STATE_BYTES: usize = 2048;

/// The query with which a program sends a person.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AuthorizationRequest {
    /// Must be `code`.
    pub response_type: String,
    /// The program.
    pub client_id: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// The API, and the device the program will be.
    pub scope: String,
    /// Given back with the answer.
    pub state: Option<String>,
    /// How the answer is attached to `redirect_uri`.
    pub response_mode: ResponseMode,
    /// Hash of the verifier that trades the code, base64url.
    pub code_challenge: String,
    /// Must be `S256`.
    pub code_challenge_method: String,
    /// `create` if the person has no account yet.
    pub prompt: Option<String>,
    /// Who is expected to sign in.
    pub login_hint: Option<String>,
}

/// How an answer is attached to an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResponseMode {
    /// Behind `?`.
    #[default]
    Query,
    /// Behind `#`: it does not reach the server of the page.
    Fragment,
}

/// What the person is to decide.
#[derive(Clone, Debug)]
pub struct Question {
    /// Who asks.
    pub client: Client,
    /// The device it will be.
    pub device_id: OwnedDeviceId,
}

/// Why a person is not asked.
#[derive(Debug)]
pub enum Denial {
    /// The program or its address is not known: nobody is sent anywhere, a page says why.
    Here(Error),
    /// The program is told.
    There(Url),
}

impl From<Error> for Denial {
    fn from(error: Error) -> Self {
        Self::Here(error)
    }
}

impl OAuth {
    /// What a program asks for, before and after the person has signed in.
    ///
    /// # Errors
    /// See [`Denial`].
    pub async fn look_at(
        &self,
        cx: &Cx,
        issuer: &str,
        request: &AuthorizationRequest,
    ) -> Result<Question, Denial> {
        let id = request.client_id.clone();
        let client = match self.db.read(cx, move |tx| find_client(tx, &id)).await? {
            Ok(client) if client.may_redirect_to(&request.redirect_uri) => client,
            _ => {
                let text = "This program is not registered here, or not with this address.";
                return Err(Denial::Here(Error::invalid(MatrixCode::InvalidParam, text)));
            }
        };
        match request.check(&client) {
            Ok(device_id) => Ok(Question { client, device_id }),
            Err(Refusal::OAuth { code, .. }) => {
                Err(Denial::There(request.answer(issuer, &[("error", code.as_str())])?))
            }
            Err(Refusal::Failed(error)) => Err(Denial::Here(error)),
        }
    }

    /// The signed-in person allows it and says whose the device is, if she does: answers where to
    /// send her, with a code for the program.
    ///
    /// # Errors
    /// See [`Denial`]; as [`Identity::declare_own_device`](kontor_identity::Identity::declare_own_device).
    pub async fn allow(
        &self,
        cx: &Cx,
        issuer: &str,
        (request, kind): (&AuthorizationRequest, Option<DeviceKind>),
    ) -> Result<Url, Denial> {
        let question = self.look_at(cx, issuer, request).await?;
        let user = cx.user()?.to_owned();
        let code = program_code(&cx.random, CODE_PREFIX)?;
        let hash = self.identity.hash_oauth_code(&code);
        let row = CodeRow {
            client_id: request.client_id.clone(),
            user_id: user,
            device_id: question.device_id,
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.code_challenge.clone(),
            expires: cx.now.plus(CODE_LIFETIME),
            spent: false,
        };
        let (now, identity) = (cx.now, self.identity.clone());
        let is_free = self
            .db
            .write(cx, move |tx| {
                let CodeRow { user_id, device_id, client_id, .. } = &row;
                let holder = oauth_session::find_oauth_session(tx, user_id, device_id)?;
                if holder.is_some_and(|holder| holder != *client_id) {
                    return Ok(false);
                }
                if let Some(kind) = kind {
                    identity.declare_device(tx, (user_id, device_id), kind, now)?;
                }
                oauth_code::insert_code(tx, &hash, &row, now).map(|()| true)
            })
            .await?;
        if !is_free {
            // One program must not take over the device of another.
            let code = OAuthCode::InvalidScope.as_str();
            return Err(Denial::There(request.answer(issuer, &[("error", code)])?));
        }
        Ok(request.answer(issuer, &[("code", &code)])?)
    }

    /// The person refuses: answers where to send her.
    ///
    /// # Errors
    /// See [`Denial`].
    pub async fn refuse(
        &self,
        cx: &Cx,
        issuer: &str,
        request: &AuthorizationRequest,
    ) -> Result<Url, Denial> {
        self.look_at(cx, issuer, request).await?;
        Ok(request.answer(issuer, &[("error", OAuthCode::AccessDenied.as_str())])?)
    }
}

impl AuthorizationRequest {
    /// The device asked for.
    fn check(&self, client: &Client) -> Result<OwnedDeviceId, Refusal> {
        let refuse = |text: &str| Err(Refusal::new(OAuthCode::InvalidRequest, text));
        if self.response_type != "code" {
            return refuse("response_type: must be code.");
        }
        if !client.uses(CODE_GRANT) {
            return refuse("This program has not registered for codes.");
        }
        if self.state.as_ref().is_some_and(|state| state.len() > STATE_BYTES) {
            return refuse("state: too long.");
        }
        if self.code_challenge_method != "S256" || !is_challenge(&self.code_challenge) {
            return refuse("code_challenge: must be the S256 of a verifier.");
        }
        device_of(&self.scope)
    }

    /// The program's address with an answer.
    fn answer(&self, issuer: &str, fields: &[(&str, &str)]) -> Result<Url> {
        let mut url = Url::parse(&self.redirect_uri).map_err(Error::internal)?;
        let state = self.state.as_deref().filter(|state| state.len() <= STATE_BYTES);
        let state = state.map(|state| ("state", state));
        let fields = fields.iter().copied().chain(state).chain([("iss", issuer)]);
        match self.response_mode {
            ResponseMode::Query => {
                url.query_pairs_mut().extend_pairs(fields);
            }
            ResponseMode::Fragment => {
                let mut text = url::form_urlencoded::Serializer::new(String::new());
                url.set_fragment(Some(&text.extend_pairs(fields).finish()));
            }
        }
        Ok(url)
    }
}
