import { t } from "../text/texts";

const FORBIDDEN = 403;
const LIMITED = 429;

/** What to say when the server did not do what she wanted. */
export function complaintAbout(error: unknown): string {
  const status = (error as { httpStatus?: number } | undefined)?.httpStatus;
  if (status === FORBIDDEN) return t.forbidden;
  return status === LIMITED ? t.tooOften : t.failed;
}
