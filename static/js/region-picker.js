/* The region picker with script: the next select opens at once, and the text field suggests while one types.
   Without this file both work by sending the form. ES2017, no modules. */
(function () {
  "use strict";
  if (window.regionPicker) return;
  window.regionPicker = true;
  var lists = 0;

  function ask(url, found) {
    fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : { results: [] }; })
      .then(function (body) { found(body.results); })
      .catch(function () { found([]); });
  }

  function option(value, words) {
    var made = document.createElement("option");
    made.value = value;
    made.textContent = words;
    return made;
  }

  // Suggestions under the text field: the browser's own list, so that keyboard and screen reader know it.
  function suggest(input, url) {
    if (input.list) return;
    var list = document.createElement("datalist");
    list.id = "region-suggestions-" + (lists += 1);
    input.parentNode.insertBefore(list, input.nextSibling);
    input.setAttribute("list", list.id);
    var waiting = 0;
    var asked = 0;
    input.addEventListener("input", function () {
      window.clearTimeout(waiting);
      var text = input.value.trim();
      if (text.length < 2 || /^\d{6,12} /.test(text)) return;
      waiting = window.setTimeout(function () {
        var mine = (asked += 1);
        ask(url + "?page_size=10&search=" + encodeURIComponent(text), function (places) {
          if (mine !== asked) return;
          list.replaceChildren.apply(list, places.map(function (place) {
            return option(place.short_code + " " + place.full_name, text);
          }));
        });
      }, 200);
    });
  }

  function significant(code) {
    return [2, 4, 6, 9, 12].find(function (digits) { return /^0*$/.test(code.slice(digits)); });
  }

  function Picker(root) {
    this.root = root;
    this.url = root.dataset.url;
    this.deepest = Number(root.dataset.deepest);
    this.text = root.querySelector("[data-region-text]");
    this.shown = root.querySelector("[data-region-shown]");
    this.levels = root.querySelector("[data-region-levels]");
    this.asked = 0;
    var button = root.querySelector("[data-region-step]");
    if (button) button.remove();
    this.levels.addEventListener("change", this.changed.bind(this));
    suggest(this.text, this.url);
  }

  Picker.prototype.selects = function () {
    return Array.prototype.slice.call(this.levels.querySelectorAll("select"));
  };

  Picker.prototype.changed = function (event) {
    var number = Number(event.target.dataset.number);
    this.selects().forEach(function (select) {
      if (Number(select.dataset.number) > number) select.remove();
    });
    var chosen = this.selects().filter(function (select) { return select.value; });
    var last = chosen[chosen.length - 1];
    var path = chosen.map(function (select) { return select.options[select.selectedIndex].textContent; });
    var words = last ? this.short(last.value) + " " + path.join("") : "";
    // The same words in both fields tell the server that the selects count, not the text.
    this.text.value = words;
    this.shown.value = words;
    if (event.target.value && significant(event.target.value) < this.deepest) {
      this.open(event.target.value, number + 1);
    }
  };

  Picker.prototype.short = function (code) {
    return code.slice(0, Math.max(6, significant(code)));
  };

  Picker.prototype.open = function (code, number) {
    var picker = this;
    var mine = (this.asked += 1);
    ask(this.url + code + "/children/?outdated=false&page_size=500", function (places) {
      if (mine !== picker.asked || !places.length) return;
      var select = document.createElement("select");
      select.name = picker.text.name + "-" + number;
      select.dataset.number = number;
      select.setAttribute("aria-label", picker.root.dataset.choose + " " + number);
      select.appendChild(option("", picker.root.dataset.choose));
      places.forEach(function (place) { select.appendChild(option(place.code, place.name)); });
      picker.levels.appendChild(select);
    });
  };

  function start(root) {
    root.querySelectorAll("[data-region-picker]").forEach(function (found) {
      if (!found.dataset.ready) {
        found.dataset.ready = "yes";
        new Picker(found);
      }
    });
    root.querySelectorAll("input[data-region-text][data-url]").forEach(function (input) {
      suggest(input, input.dataset.url);
    });
  }

  document.addEventListener("htmx:afterSwap", function (event) { start(event.target); });
  start(document);
})();
