// How the connection is, in words.

const place = document.getElementById("connection");

export function startConnection(stream) {
  stream.addEventListener("state", ({ detail: { state, seconds } }) => {
    place.dataset.state = state;
    place.textContent = {
      connecting: "Connecting…",
      live: "Live",
      waiting: navigator.onLine ? `Connection lost, again in ${seconds} s` : "Offline",
    }[state];
  });
}
