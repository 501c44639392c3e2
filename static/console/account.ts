/** The requests of the sign-in and account pages. */
import type { Lang, SignedIn, TotpStart } from "../shared/protocol.d.ts";
import { get, post, put } from "../shared/api.ts";

/** Who the session cookie says I am. */
export function whoAmI(): Promise<SignedIn> {
  return get<SignedIn>("/api/v1/me");
}

/** Refused with `code_required` where the account has a second factor and the code is missing. */
export function signIn(email: string, password: string, code: string | null): Promise<SignedIn> {
  return post<SignedIn>("/api/v1/sign-in", { email, password, code });
}

export function signOut(): Promise<void> {
  return post("/api/v1/sign-out");
}

export function signOutEverywhere(): Promise<void> {
  return post("/api/v1/sign-out-everywhere");
}

/** What I read and write. */
export function setLanguage(lang: Lang): Promise<SignedIn> {
  return put("/api/v1/me/language", { lang });
}

export function changePassword(current: string, next: string): Promise<void> {
  return post("/api/v1/me/password", { current, new: next });
}

export function startTotp(): Promise<TotpStart> {
  return post<TotpStart>("/api/v1/me/totp");
}

export function confirmTotp(code: string): Promise<void> {
  return post("/api/v1/me/totp/confirm", { code });
}

export function stopTotp(password: string): Promise<void> {
  return post("/api/v1/me/totp/off", { password });
}
