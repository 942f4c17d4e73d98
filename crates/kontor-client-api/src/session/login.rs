//! `POST /_matrix/client/v3/login`

use std::sync::Arc;

use kontor_core::{Cx, Error, MatrixCode, Result, Secret};
use kontor_identity::{Login, NewDevice};
use kontor_tenant::Tenant;
use ruma::api::client::session::login::v3;
use ruma::api::client::session::login::v3::{LoginInfo, Password, Response};
use ruma::api::client::uiaa::UserIdentifier;
use ruma::api::error::DeserializationError;
use ruma::api::{IncomingRequest, Metadata};

/// `ruma`'s request, guarded: `ruma` panics on a body without `type`.
pub(crate) struct Request(v3::Request);

impl Metadata for Request {
    const METHOD: http::Method = v3::Request::METHOD;
    const RATE_LIMITED: bool = v3::Request::RATE_LIMITED;
    type Authentication = <v3::Request as Metadata>::Authentication;
    type PathBuilder = <v3::Request as Metadata>::PathBuilder;
    const PATH_BUILDER: Self::PathBuilder = v3::Request::PATH_BUILDER;
}

impl IncomingRequest for Request {
    type EndpointError = <v3::Request as IncomingRequest>::EndpointError;
    type OutgoingResponse = Response;

    fn try_from_http_request_inner(
        request: http::Request<&[u8]>,
        arguments: &[&str],
    ) -> std::result::Result<Self, DeserializationError> {
        #[derive(serde::Deserialize)]
        struct Typed {
            #[serde(rename = "type")]
            _kind: String,
        }
        serde_json::from_slice::<Typed>(request.body())?;
        v3::Request::try_from_http_request_inner(request, arguments).map(Self)
    }
}

pub(crate) async fn handle(tenant: Arc<Tenant>, cx: Cx, request: Request) -> Result<Response> {
    let Request(request) = request;
    let LoginInfo::Password(password) = request.login_info else {
        let text = "This way of signing in is not offered.";
        return Err(Error::invalid(MatrixCode::Unknown, text));
    };
    let name = name_of(&password)?;
    let device = NewDevice {
        device_id: request.device_id,
        display_name: request.initial_device_display_name,
        refreshes: request.refresh_token,
        client_id: None,
    };
    let login = Login { name, password: Secret::new(password.password), device };
    let signed_in = tenant.identity.login(&cx, login).await?;
    let mut response =
        Response::new(signed_in.user_id, signed_in.access_token, signed_in.device_id);
    response.refresh_token = signed_in.refresh_token;
    response.expires_in = signed_in.expires_in;
    #[expect(deprecated, reason = "old clients read it")]
    {
        response.home_server = Some(tenant.server_name.clone());
    }
    Ok(response)
}

/// The user named in a request, in the present form or the one from before `identifier`.
fn name_of(password: &Password) -> Result<String> {
    #[expect(deprecated, reason = "old clients send it")]
    let legacy = &password.user;
    match (&password.identifier, legacy) {
        (Some(UserIdentifier::Matrix(matrix)), _) => Ok(matrix.user.clone()),
        (Some(_), _) => {
            // The same words for every address: none is known here.
            Err(Error::forbidden("Wrong user name or password."))
        }
        (None, Some(user)) => Ok(user.clone()),
        (None, None) => {
            Err(Error::invalid(MatrixCode::MissingParam, "The field 'identifier' is missing."))
        }
    }
}
