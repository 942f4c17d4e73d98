//! What goes when a device or an account goes.

use kontor_core::{Result, StreamPos};
use kontor_db::Tx;
use ruma::{DeviceId, UserId};

use crate::{
    cross_signing_key, device_key, device_list_change, fallback_key, key_backup, key_signature,
    one_time_key, to_device,
};

/// Removes the keys and the inbox of a device and notes that the user's list of devices changed.
///
/// Gives the position of that change, if the device had keys. The caller tells the others: see
/// `Feed::device_gone`.
pub fn delete_device(
    tx: &mut Tx<'_>,
    user: &UserId,
    device: &DeviceId,
) -> Result<Option<StreamPos>> {
    one_time_key::delete_of_device(tx, user, device)?;
    fallback_key::delete_of_device(tx, user, device)?;
    to_device::delete_of_device(tx, user, device)?;
    if !device_key::delete_device_key(tx, user, device)? {
        return Ok(None);
    }
    let pos = tx.next_pos();
    device_list_change::upsert_change(tx, user, None, pos)?;
    Ok(Some(pos))
}

/// Removes everything of an account: keys of all devices, cross-signing, inbox and key backup.
///
/// Gives the position of the change of the user's list of devices.
///
/// law: DSGVO Art. 17(1)
pub fn delete_account(tx: &mut Tx<'_>, user: &UserId) -> Result<StreamPos> {
    device_key::delete_of_user(tx, user)?;
    one_time_key::delete_of_user(tx, user)?;
    fallback_key::delete_of_user(tx, user)?;
    cross_signing_key::delete_of_user(tx, user)?;
    key_signature::delete_of_user(tx, user)?;
    to_device::delete_of_user(tx, user)?;
    key_backup::delete_of_user(tx, user)?;
    let pos = tx.next_pos();
    device_list_change::upsert_change(tx, user, None, pos)?;
    Ok(pos)
}
