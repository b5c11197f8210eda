// Improvements only: every page works without this file.
(function () {
  "use strict";

  // A form marked data-once is sent once; the button works again when the page comes back from the browser's history.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-once")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    var button = event.submitter;
    // Disabled after the browser has collected the fields, or the button's own name and value would be lost.
    if (button) setTimeout(function () { button.disabled = true; }, 0);
  });

  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-once]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("button[disabled]").forEach(function (button) { button.disabled = false; });
    });
  });

  // Keyboard and screen reader start at the error summary.
  var summary = document.getElementById("error-summary");
  if (summary) summary.focus();

  // The back link keeps the scroll position and the answers typed when the page before is the one it points to.
  document.querySelectorAll(".z-back").forEach(function (link) {
    link.addEventListener("click", function (event) {
      if (document.referrer !== link.href || history.length < 2 || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      history.back();
    });
  });

  // A button that copies a block of code.
  if (navigator.clipboard) {
    document.querySelectorAll("pre[data-copy]").forEach(function (block) {
      var button = document.createElement("button");
      var text = block.textContent;
      button.type = "button";
      button.className = "z-button z-button-secondary z-button-small";
      button.textContent = block.dataset.copy;
      button.setAttribute("aria-live", "polite");
      button.addEventListener("click", function () {
        navigator.clipboard.writeText(text).then(function () {
          button.textContent = block.dataset.copied || block.dataset.copy;
        });
      });
      block.appendChild(button);
    });
  }
})();
