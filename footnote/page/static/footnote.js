// What Streamlit has no way to ask for: the cursor in the question box, links that keep the session, the place on the page that one
// comes back to, and buttons that copy. Without it every link still works, as a link to another page does.
(() => {
  const frame = () => document.querySelector("[data-testid=stMain]");
  const isDrawn = () => document.querySelector("[data-testid=stApp][data-test-script-state=notRunning]") !== null;

  // The cursor stands in the question box when the page is opened, so that one can type at once, however late the box comes, unless
  // the reader does something else first. Not where a finger does the typing: the keyboard on the screen would cover half of the page.
  if (!matchMedia("(pointer: coarse)").matches) {
    const timer = setInterval(() => {
      const box = document.querySelector(".st-key-question input");
      if (box) clearInterval(timer);
      if (box && !box.value && document.activeElement === document.body) box.focus({ preventScroll: true });
    }, 50);
    for (const begun of ["pointerdown", "keydown"]) {
      addEventListener(begun, () => clearInterval(timer), { capture: true, once: true });
    }
  }

  // Where the page is to stand: where it was left, or at what the address names, or at the top. It is put there anew with all that
  // is drawn, until the server has been done for a moment or the reader moves.
  const LATE_MS = 1000; // by so much what the server sent last may be drawn after it is done
  let going = { top: undefined, ran: false, toHeading: false };
  let passage = null; // the one that the page was last put at

  const place = () => {
    const main = frame();
    if (!going || !main) return;
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)) || "passage");
    if (going.top !== undefined) main.scrollTop = going.top;
    else if (named) named.scrollIntoView();
    else main.scrollTop = 0;
  };
  const arrive = () => {
    const heading = going.toHeading && document.activeElement === document.body && document.querySelector(".stMain h1");
    if (heading) {
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
    going = null;
  };
  new MutationObserver(() => {
    const cited = document.getElementById("passage");
    if (cited !== passage) {
      passage = cited;
      if (cited) going ??= { ran: true };
    }
    if (!going) return;
    place();
    const here = going;
    if (!isDrawn()) here.ran = true;
    else if (here.ran && !here.timer) here.timer = setTimeout(() => going === here && (place(), arrive()), LATE_MS);
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-test-script-state"] });
  for (const moved of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    addEventListener(moved, () => (going = null), { capture: true, passive: true });
  }
  addEventListener("popstate", (event) => {
    if (event.isTrusted) going = { top: event.state?.top, ran: false };
  });
  let saving;
  addEventListener("scroll", (event) => {
    if (event.target !== frame() || going) return;
    const { href } = location;
    clearTimeout(saving);
    saving = setTimeout(() => {
      if (!going && isDrawn() && location.href === href) history.replaceState({ ...history.state, top: frame().scrollTop }, "");
    }, 100);
  }, true);

  // A link within the page. Streamlit draws what the address says when one goes back or forward, and keeps the session.
  const go = (url) => {
    history.replaceState({ ...history.state, top: frame().scrollTop }, "");
    history.pushState({}, "", url);
    going = { top: undefined, ran: false, toHeading: true };
    dispatchEvent(new PopStateEvent("popstate"));
  };
  const isPlain = (event) => event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || link.target || !isPlain(event)) return;
    const url = new URL(link.href);
    const isOurs = link.closest(".stHtml") !== null;
    // Streamlit's own link to the page that is shown does nothing, even where the address says more than the page.
    const isHere = url.pathname === location.pathname;
    if (url.origin !== location.origin || (isHere && url.search === location.search) || !(isOurs || isHere)) return;
    event.preventDefault();
    event.stopPropagation();
    go(url);
  }, true);

  // Buttons that copy what stands beside them.
  const COPIED_MS = 2000;
  addEventListener("click", async (event) => {
    const button = event.target.closest?.(".fn-copy");
    if (!button) return;
    const words = button.parentElement.querySelector("pre");
    try {
      await navigator.clipboard.writeText(words.textContent);
    } catch {
      getSelection().selectAllChildren(words); // a page that came over plain HTTP may not use the clipboard in any other way
      document.execCommand("copy");
    }
    const label = (button.dataset.label ??= button.textContent);
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = label), COPIED_MS);
  });
})();
