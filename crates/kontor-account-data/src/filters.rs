//! Filters that clients define once and name afterwards (spec: "Filtering").

use kontor_core::{Cx, Error, MatrixCode, Result};
use kontor_store::filter;
use ruma::UserId;
use ruma::api::client::filter::{EventFormat, FilterDefinition};

use crate::{AccountData, require_own};

/// Largest filter, in bytes.
const FILTER_LIMIT_BYTES: usize = 64 * 1024;

impl AccountData {
    /// Keeps a filter and answers its id.
    ///
    /// # Errors
    /// As [`check_filter`]; `M_TOO_LARGE` for one that is.
    pub async fn define_filter(
        &self,
        cx: &Cx,
        user: &UserId,
        definition: &FilterDefinition,
    ) -> Result<String> {
        require_own(cx, user)?;
        check_filter(definition)?;
        let json = serde_json::to_vec(definition).map_err(Error::internal)?;
        if json.len() > FILTER_LIMIT_BYTES {
            let text = format!("The filter is larger than {FILTER_LIMIT_BYTES} bytes.");
            return Err(Error::limited(MatrixCode::TooLarge, text));
        }
        let owner = user.to_owned();
        let nid = self.db.write(cx, move |tx| filter::keep_filter(tx, &owner, &json)).await?;
        Ok(nid.to_string())
    }

    /// The filter with this id.
    ///
    /// # Errors
    /// `NotFound` if the person has no such filter.
    pub async fn filter(&self, cx: &Cx, user: &UserId, id: &str) -> Result<FilterDefinition> {
        require_own(cx, user)?;
        let unknown = || Error::not_found("There is no such filter.");
        let nid: i64 = id.parse().map_err(|_| unknown())?;
        let owner = user.to_owned();
        let json = self.db.read(cx, move |tx| filter::find_filter(tx, &owner, nid)).await?;
        serde_json::from_slice(&json.ok_or_else(unknown)?).map_err(Error::internal)
    }
}

/// Reads a filter written out as JSON.
///
/// # Errors
/// `Invalid`, naming the field that is of the wrong shape.
pub fn read_filter(text: &str) -> Result<FilterDefinition> {
    serde_json::from_str(text).map_err(|cause| {
        if !cause.is_data() {
            return Error::invalid(MatrixCode::NotJson, format!("filter: {cause}"));
        }
        let path = kontor_protocol::path_at(text.as_bytes(), cause.line(), cause.column());
        Error::invalid(MatrixCode::BadJson, format!("filter: {path}: {cause}"))
    })
}

/// Refuses what is of the right shape but means nothing.
///
/// # Errors
/// `M_INVALID_PARAM` naming the field.
pub fn check_filter(filter: &FilterDefinition) -> Result<()> {
    if matches!(filter.event_format, EventFormat::Client | EventFormat::Federation) {
        return Ok(());
    }
    let text = "event_format: must be client or federation.";
    Err(Error::invalid(MatrixCode::InvalidParam, text))
}
