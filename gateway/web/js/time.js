// Times for people, in their own zone, to a second.

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const market = new Intl.DateTimeFormat("en-GB", {
  year: "numeric", month: "short", day: "2-digit", hour: "2-digit", minute: "2-digit", timeZone: "UTC",
});

/** 14:03:27 */
export const clockTime = (text) => clock.format(text ? new Date(text) : new Date());

/** 18 May 2012, 17:19 UTC: the replayed market's own time. */
export const marketTime = (text) => `${market.format(new Date(text))} UTC`;
