//! Who walks.

use crate::device::Device;

/// Alice with phone and laptop, Bob with a phone.
pub(crate) struct Party {
    pub(crate) url: String,
    pub(crate) phone: Device,
    pub(crate) laptop: Device,
    pub(crate) bob: Device,
}
