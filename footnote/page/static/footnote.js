// Puts the cursor into the question box when the page is opened, so that one can type at once. Streamlit has no way to ask for it.
// Not where a finger does the typing: the keyboard on the screen would cover half of the page.
(() => {
  if (matchMedia("(pointer: coarse)").matches) return;
  let tries = 0;
  const timer = setInterval(() => {
    const box = document.querySelector(".st-key-question input");
    tries += 1;
    if (box || tries > 200) clearInterval(timer);
    if (box && !box.value && document.activeElement === document.body) box.focus({ preventScroll: true });
  }, 50);
})();
