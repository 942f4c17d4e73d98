//! How often one person may ask for things (policy: rate limits).

use axum::extract::MatchedPath;
use http::Method;
use http::request::Parts;
use kontor_core::{Cx, Result};
use kontor_policy::{Rate, RateLimits, Throttle};
use ruma::OwnedUserId;

use crate::Tenant;

/// What the people of one organisation have asked for lately. In memory.
#[derive(Debug, Default)]
pub struct Pace(Throttle<(OwnedUserId, Class)>);

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Class {
    /// Messages and other events.
    Event,
    /// Rooms created, invitations, joins and reports.
    Membership,
    /// Uploads, and addresses reserved for them.
    Upload,
    /// Everything else.
    Request,
}

impl Class {
    /// By method and pattern of the path, as registered with the router.
    fn of(method: &Method, path: &str) -> Self {
        let last = || path.rsplit('/').find(|part| !part.starts_with('{')).unwrap_or_default();
        match *method {
            Method::PUT if path.contains("/rooms/{room_id}/") => match path {
                _ if ["/send/", "/state/", "/redact/"].iter().any(|p| path.contains(p)) => {
                    Self::Event
                }
                _ => Self::Request,
            },
            Method::POST | Method::PUT if path.contains("/media/") => Self::Upload,
            Method::POST => match last() {
                "createRoom" | "join" | "knock" | "invite" | "kick" | "ban" | "unban"
                | "upgrade" | "report" => Self::Membership,
                _ => Self::Request,
            },
            _ => Self::Request,
        }
    }

    fn rate(self, limits: &RateLimits) -> Rate {
        match self {
            Self::Event => limits.event,
            Self::Membership => limits.membership,
            Self::Upload => limits.upload,
            Self::Request => limits.request,
        }
    }
}

/// Counts a request of the person who is signed in; whoever is not is counted elsewhere, by
/// address, where it matters.
///
/// # Errors
/// `M_LIMIT_EXCEEDED` with the time to wait.
pub(crate) fn admit(tenant: &Tenant, cx: &Cx, head: &Parts) -> Result<()> {
    let (Some(limits), Ok(user)) = (&tenant.policy.now().rate_limits, cx.user()) else {
        return Ok(());
    };
    let path = head.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let class = Class::of(&head.method, path);
    tenant.pace.0.take((user.to_owned(), class), class.rate(limits), cx.now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_with_their_kind() {
        let v3 = "/_matrix/client/v3";
        let table = [
            (
                Method::PUT,
                format!("{v3}/rooms/{{room_id}}/send/{{event_type}}/{{txn_id}}"),
                Class::Event,
            ),
            (Method::PUT, format!("{v3}/rooms/{{room_id}}/state/{{event_type}}/"), Class::Event),
            (
                Method::PUT,
                format!("{v3}/rooms/{{room_id}}/redact/{{event_id}}/{{txn_id}}"),
                Class::Event,
            ),
            (Method::PUT, format!("{v3}/rooms/{{room_id}}/typing/{{user_id}}"), Class::Request),
            (Method::PUT, format!("{v3}/sendToDevice/{{event_type}}/{{txn_id}}"), Class::Request),
            (Method::GET, format!("{v3}/rooms/{{room_id}}/state/{{event_type}}/"), Class::Request),
            (Method::GET, format!("{v3}/sync"), Class::Request),
            (Method::POST, format!("{v3}/createRoom"), Class::Membership),
            (Method::POST, format!("{v3}/join/{{room_id_or_alias}}"), Class::Membership),
            (Method::POST, format!("{v3}/rooms/{{room_id}}/invite"), Class::Membership),
            (
                Method::POST,
                format!("{v3}/rooms/{{room_id}}/report/{{event_id}}"),
                Class::Membership,
            ),
            (Method::POST, format!("{v3}/rooms/{{room_id}}/read_markers"), Class::Request),
            (Method::POST, "/_matrix/media/v3/upload".to_owned(), Class::Upload),
            (
                Method::PUT,
                "/_matrix/media/v3/upload/{server_name}/{media_id}".to_owned(),
                Class::Upload,
            ),
            (Method::GET, "/_matrix/client/v1/media/config".to_owned(), Class::Request),
        ];
        for (method, path, class) in table {
            assert_eq!(Class::of(&method, &path), class, "{method} {path}");
        }
    }
}
