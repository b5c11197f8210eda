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

  // Passkeys (Web Authentication Level 3): the form carries the question, its hidden field the answer.
  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (character) { return character.charCodeAt(0); });
  }

  function text(buffer) {
    if (!buffer) return undefined;
    return btoa(String.fromCharCode.apply(null, new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function question(options) {
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    (options.excludeCredentials || []).forEach(function (known) { known.id = bytes(known.id); });
    return { publicKey: options };
  }

  function answer(credential) {
    var response = credential.response;
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response: {
        clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject),
        authenticatorData: response.attestationObject ? undefined : text(response.authenticatorData), signature: text(response.signature),
        userHandle: text(response.userHandle)
      }
    });
  }

  if (window.PublicKeyCredential && navigator.credentials) {
    document.querySelectorAll("[data-passkey-missing]").forEach(function (hint) { hint.hidden = true; });
    document.querySelectorAll("form[data-passkey]").forEach(function (form) {
      var failed = form.querySelector("[data-passkey-failed]");
      form.querySelector("[data-passkey-room]").hidden = false;
      form.addEventListener("submit", function (event) {
        event.preventDefault();
        failed.hidden = true;
        navigator.credentials[form.dataset.passkey](question(JSON.parse(form.dataset.options))).then(function (credential) {
          form.elements.credential.value = answer(credential);
          form.submit();
        }).catch(function () { failed.hidden = false; });
      });
    });
  }

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
