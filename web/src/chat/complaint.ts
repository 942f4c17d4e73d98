import { CannotSeal } from "../core/passkey_secret";
import { WrongKey } from "../core/recovery_passkey.svelte";
import { t } from "../text/texts";

const FORBIDDEN = 403;
const LIMITED = 429;

/** What to say when the server did not do what she wanted. */
export function complaintAbout(error: unknown): string {
  const status = (error as { httpStatus?: number } | undefined)?.httpStatus;
  if (status === FORBIDDEN) return t.forbidden;
  return status === LIMITED ? t.tooOften : t.failed;
}

/** What to say when a passkey did not do what she wanted. */
export function complaintOfPasskey(error: unknown): string {
  if (error instanceof CannotSeal) return t.passkeyCannot;
  if (error instanceof WrongKey) return t.keyWrong;
  // The browser says no more: she cancelled, or it took too long.
  return error instanceof DOMException ? t.passkeyCancelled : complaintAbout(error);
}
