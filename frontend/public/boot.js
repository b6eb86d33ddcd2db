// Before the first paint: the language, its direction and the colour scheme of the last visit.
(function () {
  var page = document.documentElement;
  var language = "en";
  var scheme = "auto";
  try {
    language = localStorage.getItem("wasl-language") || (navigator.language || "en").slice(0, 2);
    scheme = localStorage.getItem("mantine-color-scheme-value") || "auto";
  } catch {
    // Storage may be forbidden; the defaults stand.
  }
  if (["en", "fr", "ar", "fa"].indexOf(language) < 0) language = "en";
  page.lang = language;
  page.dir = language === "ar" || language === "fa" ? "rtl" : "ltr";
  var dark = scheme === "dark" || (scheme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  page.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
