// The WebSocket: one connection for all channels. It comes back by itself, and every channel begins again with a snapshot.

/** The first and the longest wait before another attempt; between them it doubles, and a random part is taken off. */
const firstWait = 250;
const longestWait = 15_000;
/** A connection was of use when it lasted so long after its first message: only then are waits short again. */
const usefulTime = 10_000;
/** The wait before a subscription that was one too many is tried again, where the gateway does not say. */
const rateWait = 5_000;
/** The gateway gives a sign of life every 15 s: after three without one the connection counts as lost. */
const silenceLimit = 45_000;
/** The session of the socket's user has ended, here or elsewhere. */
const sessionEnded = 4001;

/**
 * A connection to /ws/v1.
 *
 * Events: `state` with {state: "connecting" | "live" | "waiting", seconds}; `expired` when the token is no longer taken,
 * or its session has ended;
 * `refused` with any other error.
 */
export class Stream extends EventTarget {
  #url;
  #socket = null;
  #token = null;
  #isAuthenticated = false;
  #subscriptions = new Map();
  #nextID = 1;
  #failures = 0;
  #retry = null;
  #proof = null;
  #watchdog = null;

  constructor(url) {
    super();
    this.#url = url;
    // A network that is back is tried at once.
    addEventListener("online", () => this.#reconnectNow());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#reconnectNow();
    });
    this.#connect();
  }

  /** Says who the user is; null for nobody, which takes a new connection. */
  authenticate(token) {
    const hadUser = this.#token !== null;
    this.#token = token;
    if (token) this.#send({ type: "authenticate", token });
    else if (hadUser) this.#startOver();
  }

  /**
   * Opens a channel, now and after every reconnection.
   *
   * @param {string} channel Its name.
   * @param {object} params What the channel is asked for.
   * @param {{needsUser?: boolean, snapshot: Function, update: Function, stale?: Function}} options
   *   `stale(true)` is called when the data may be old, `stale(false)` with the next snapshot.
   * @returns {() => void} Closes it.
   */
  subscribe(channel, params, { needsUser = false, snapshot, update, stale = () => {} }) {
    const id = String(this.#nextID++);
    const subscription = { id, channel, params, needsUser, snapshot, update, stale, isOpen: false, retry: null };
    this.#subscriptions.set(id, subscription);
    this.#open(subscription);
    return () => {
      this.#subscriptions.delete(id);
      clearTimeout(subscription.retry);
      // A connection that came back without its user knows nothing of it.
      if (subscription.isOpen) this.#send({ type: "unsubscribe", id });
    };
  }

  #connect() {
    this.#tell("connecting");
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#watch();
      if (this.#token) this.#send({ type: "authenticate", token: this.#token });
      for (const subscription of this.#subscriptions.values()) this.#open(subscription);
      this.#tell("live");
    };
    socket.onmessage = ({ data }) => {
      // What a connection says that was given up is not for whoever is here now.
      if (socket !== this.#socket) return;
      this.#proof ??= setTimeout(() => { this.#failures = 0; }, usefulTime);
      this.#watch();
      this.#receive(JSON.parse(data));
    };
    socket.onclose = ({ code }) => {
      if (code === sessionEnded && socket === this.#socket) {
        // What follows is nobody's, unless the token was renewed in another session.
        this.#token = null;
        this.dispatchEvent(new Event("expired"));
      }
      this.#lost(socket);
    };
  }

  #lost(socket) {
    if (socket !== this.#socket) return;
    this.#forget();
    clearTimeout(this.#watchdog);
    for (const subscription of this.#subscriptions.values()) subscription.stale(true);
    const most = Math.min(firstWait * 2 ** this.#failures, longestWait);
    this.#failures += 1;
    // Half of it at random: clients that were lost together do not come back together.
    const wait = most / 2 + (Math.random() * most) / 2;
    this.#tell("waiting", Math.ceil(wait / 1000));
    this.#retry = setTimeout(() => this.#connect(), wait);
  }

  /** A connection forgets its user only by its end. */
  #startOver() {
    const former = this.#socket;
    if (!former) return;
    this.#forget();
    former.close(1000);
    this.#connect();
  }

  /** Nothing is open any more, and nothing is proven by the connection that was. */
  #forget() {
    this.#socket = null;
    this.#isAuthenticated = false;
    clearTimeout(this.#proof);
    this.#proof = null;
    for (const subscription of this.#subscriptions.values()) {
      subscription.isOpen = false;
      clearTimeout(subscription.retry);
    }
  }

  #reconnectNow() {
    if (this.#socket) return;
    clearTimeout(this.#retry);
    this.#connect();
  }

  /** Ends a connection that went silent: a closing that is never answered must not be waited for. */
  #watch() {
    clearTimeout(this.#watchdog);
    const socket = this.#socket;
    this.#watchdog = setTimeout(() => {
      socket.close();
      this.#lost(socket);
    }, silenceLimit);
  }

  #open(subscription) {
    clearTimeout(subscription.retry);
    if (subscription.needsUser && !this.#isAuthenticated) return;
    const { id, channel, params } = subscription;
    subscription.isOpen = this.#send({ type: "subscribe", id, channel, params });
  }

  /** One too many now is none too many later. */
  #openLater(subscription, { retryAfterSeconds } = {}) {
    const wait = Number.parseInt(retryAfterSeconds, 10) * 1_000 || rateWait;
    subscription.retry = setTimeout(() => this.#open(subscription), wait);
  }

  #receive(message) {
    const subscription = this.#subscriptions.get(message.id);
    switch (message.type) {
      case "authenticated":
        // A renewed token opens nothing that is open.
        this.#isAuthenticated = true;
        for (const waiting of this.#subscriptions.values()) {
          if (waiting.needsUser && !waiting.isOpen) this.#open(waiting);
        }
        break;
      case "snapshot":
        subscription?.stale(false);
        subscription?.snapshot(message.data);
        break;
      case "update":
        subscription?.update(message.data);
        break;
      case "interrupted":
        subscription?.stale(true);
        break;
      case "error":
        if (subscription) {
          subscription.isOpen = false;
          subscription.stale(true);
          if (message.reason === "RATE_LIMITED") this.#openLater(subscription, message.metadata);
        }
        if (message.code === "UNAUTHENTICATED") this.dispatchEvent(new Event("expired"));
        // What is said of a channel that was closed here a moment ago is for nobody.
        else if (subscription || !message.id) this.dispatchEvent(new CustomEvent("refused", { detail: message }));
        break;
    }
  }

  /** Whether it could be sent: what could not is said again when the connection is back. */
  #send(message) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #tell(state, seconds = 0) {
    this.dispatchEvent(new CustomEvent("state", { detail: { state, seconds } }));
  }
}
