/* Extras; every page works without them. ES2017, no modules, so that older engines run it. */
(function () {
  "use strict";

  // The error summary takes the focus, also where `autofocus` on a block is not known.
  function focusSummary(root) {
    var summary = root.querySelector("[data-focus]");
    if (summary && document.activeElement !== summary) summary.focus();
  }

  // A second press on the same button does not send the form twice.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (!form.hasAttribute("data-once")) return;
    if (form.getAttribute("data-sent")) {
      event.preventDefault();
    } else {
      form.setAttribute("data-sent", "yes");
      // After a while a second try is meant: the first may have been stopped.
      window.setTimeout(function () { form.removeAttribute("data-sent"); }, 8000);
    }
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      form.removeAttribute("data-sent");
    });
  });

  document.addEventListener("htmx:afterSwap", function (event) {
    focusSummary(event.target);
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    if (event.target.removeAttribute) event.target.removeAttribute("data-sent");
  });
  window.addEventListener("load", function () {
    focusSummary(document);
  });
})();
