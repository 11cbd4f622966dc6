/** Returns the address to go to: a path of this console, and nothing that leads elsewhere. */
export function safeBack(back: string | undefined): string {
  return back && /^\/(?![/\\])/.test(back) && !back.startsWith("/sign-in") ? back : "/";
}
