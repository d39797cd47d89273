// Copy buttons: shown only where the browser can copy.
const status = document.getElementById("status");
const SHOWN_MS = 1600;

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const label = button.firstChild;
    const words = label.data;
    let back = 0;
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        label.data = "Copied";
      } catch {
        label.data = "Not copied";
      }
      status.textContent = label.data;
      clearTimeout(back);
      back = setTimeout(() => {
        label.data = words;
        status.textContent = "";
      }, SHOWN_MS);
    });
  }
}
