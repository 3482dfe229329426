/* The only script of the dashboard: draws the charts a page carries as data, opens the mentions behind a mark, and
   saves a chart as a picture. Texts from the data are only ever drawn as text. */
(function () {
  "use strict";
  var lang = document.documentElement.lang === "fr" ? "fr-FR" : "en-GB";
  var count = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });
  var percent = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 1 });
  var rough = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 0 });

  function sign(value) { return value > 0 ? "+" : value < 0 ? "\u2212" : ""; }

  var axis = {
    count: function (value) { return count.format(value); },
    percent: function (value) { return Math.abs(value) < 0.02 && value !== 0 ? percent.format(value) : rough.format(value); },
    "percent-absolute": function (value) { return rough.format(Math.abs(value)); },
    times: function (value) { return count.format(value) + "\u00d7"; },
    net: function (value) { return sign(value) + count.format(Math.abs(value) * 100); }
  };
  var exact = {
    count: axis.count,
    percent: function (value) { return percent.format(value); },
    "percent-absolute": function (value) { return percent.format(Math.abs(value)); },
    times: axis.times,
    net: axis.net
  };

  function whisker(params, api) {
    var style = { stroke: "#1F2933", lineWidth: 1.5, fill: "none" };
    var half = 5;
    function line(x1, y1, x2, y2) { return { type: "line", shape: { x1: x1, y1: y1, x2: x2, y2: y2 }, style: style }; }
    var low = api.coord([api.value(1), api.value(0)]);
    var high = api.coord([api.value(2), api.value(0)]);
    var area = params.coordSys;
    // The figures stand in one column at the right, clear of every mark.
    var parts = [{
      type: "text",
      style: { text: String(api.value(3)), x: area.x + area.width + 8, y: high[1] - 7, fill: "#1F2933", fontSize: 13, fontWeight: "bold" }
    }];
    if (api.value(2) > api.value(1)) {
      parts.push(line(low[0], low[1], high[0], high[1]));
      parts.push(line(low[0], low[1] - half, low[0], low[1] + half));
      parts.push(line(high[0], high[1] - half, high[0], high[1] + half));
    }
    return { type: "group", children: parts };
  }

  // A weekday and hour: a square with a sign, so that colour is never alone.
  function square(data) {
    return function (params, api) {
      var mark = data[params.dataIndex];
      var middle = api.coord([api.value(0), api.value(1)]);
      var size = api.size([1, 1]);
      var wide = Math.max(size[0] - 2, 2), high = Math.max(size[1] - 2, 2);
      var children = [{
        type: "rect",
        shape: { x: middle[0] - wide / 2, y: middle[1] - high / 2, width: wide, height: high, r: 2 },
        style: { fill: mark.fill }
      }];
      if (mark.sign) {
        children.push({
          type: "text", silent: true,
          style: { text: mark.sign, x: middle[0], y: middle[1], align: "center", verticalAlign: "middle", fill: mark.ink, fontSize: 11, fontWeight: "bold" }
        });
      }
      return { type: "group", children: children };
    };
  }

  // The least value whose bar has room for a label of some forty pixels.
  function room(option, width) {
    return 42 * ((option.xAxis.max || 1) - (option.xAxis.min || 0)) / Math.max(width - 130, 100);
  }

  function prepared(option, width) {
    var narrow = width < 520;
    var format = option.format || "count";
    delete option.format;
    option.tooltip.valueFormatter = function (value) {
      if (value === null || value === undefined) { return "\u2014"; }
      if (Array.isArray(value)) { value = value[0]; }
      return typeof value === "number" ? exact[format](value) : String(value);
    };
    ["xAxis", "yAxis"].forEach(function (name) {
      var found = option[name];
      found.axisLabel = found.axisLabel || {};
      if (found.type === "value") { found.axisLabel.formatter = axis[format]; found.axisLabel.hideOverlap = true; }
      if (narrow && found.axisLabel.width) { found.axisLabel.width = found.axisLabel.overflow === "break" ? 104 : 84; }
    });
    option.series.forEach(function (series) {
      if (series.renderItem === "whisker") {
        series.renderItem = whisker;
        series.tooltip = { show: false };
        series.encode = { x: [1, 2], y: 0, itemName: 3 };
        series.dimensions = ["place", "low", "high", { name: "text", type: "ordinal" }];
      }
      if (series.renderItem === "square") {
        series.renderItem = square(series.data);
        series.tooltip = { formatter: function (mark) { return mark.data.tip; } };
      }
      var label = series.label;
      if (label && label.format === "part") {
        delete label.format;
        label.formatter = function (mark) { return mark.value < room(option, width) ? "" : rough.format(mark.value); };
      } else if (label && label.format === "number") {
        delete label.format;
        label.formatter = function (mark) { return String(mark.data.number); };
      } else if (label && label.show) {
        label.formatter = function (mark) {
          return Math.abs(mark.value) < room(option, width) ? "" : sign(mark.value) + rough.format(Math.abs(mark.value));
        };
      }
      if (series.endLabel) {
        delete series.endLabel.format;
        series.endLabel.formatter = function (mark) { return mark.seriesName; };
      }
    });
    if (narrow && option.series[0].endLabel) {
      option.grid.right = 92;
      option.series.forEach(function (series) { series.endLabel.width = 84; });
    }
    return option;
  }

  // Names at the ends of lines that meet: each keeps a line of text's distance from the next, half of them moved up and
  // half down. ECharts' own labelLayout does not move end labels. Where there is no room they stand in a legend.
  function dodge(chart, series) {
    var apart = 15, bottom = chart.getHeight();
    var ends = series.map(function (line, place) {
      var last = line.data.length - 1;
      while (last > 0 && line.data[last].value === null) { last -= 1; }
      var y = chart.convertToPixel({ seriesIndex: place }, [last, line.data[last].value || 0])[1];
      return { place: place, y: y, down: y, up: y };
    }).sort(function (one, other) { return one.y - other.y || one.place - other.place; });
    if (ends.length * apart > bottom) {
      chart.setOption({ legend: { type: "scroll", top: 0 }, grid: { right: 16, top: 34 },
        series: series.map(function () { return { endLabel: { show: false } }; }) });
      return;
    }
    ends.forEach(function (end, n) { if (n) { end.down = Math.max(end.down, ends[n - 1].down + apart); } });
    ends.slice().reverse().forEach(function (end, n, all) { if (n) { end.up = Math.min(end.up, all[n - 1].up - apart); } });
    var offsets = [];
    ends.forEach(function (end, n) {
      var top = apart * (n + 0.5), least = bottom - apart * (ends.length - n - 0.5);
      var at = Math.min(Math.max((end.down + end.up) / 2, top), least);
      offsets[end.place] = { endLabel: { offset: [0, at - end.y] } };
    });
    chart.setOption({ series: offsets });
  }

  function follow(link) {
    if (typeof link === "string" && /^\/[^/\\]/.test(link)) { window.location.assign(link); }
  }

  function save(chart, kind, name) {
    var address = chart.getDataURL({ type: "svg", backgroundColor: "#FFFFFF" });
    if (kind === "svg") { hand(address, name + ".svg"); return; }
    var picture = new Image();
    picture.onload = function () {
      var canvas = document.createElement("canvas");
      canvas.width = chart.getWidth() * 2;
      canvas.height = chart.getHeight() * 2;
      var pen = canvas.getContext("2d");
      pen.fillStyle = "#FFFFFF";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      hand(canvas.toDataURL("image/png"), name + ".png");
    };
    picture.src = address;
  }

  function hand(address, name) {
    var anchor = document.createElement("a");
    anchor.href = address;
    anchor.download = name;
    document.body.appendChild(anchor);
    anchor.click();
    anchor.remove();
  }

  function draw(figure) {
    var place = figure.querySelector(".chart");
    var option = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    var chart = echarts.init(place, null, { renderer: "svg" });
    var links = option.series[0].type === "bar" && option.xAxis.type === "category" ? option.series[0].data : null;
    chart.setOption(prepared(option, place.clientWidth));
    if (option.series[0].endLabel) { dodge(chart, option.series); }
    chart.on("click", function (mark) { follow(mark.data && mark.data.link); });
    // A thin bar is hard to hit: anywhere in its column will do.
    if (links) {
      chart.getZr().on("click", function (event) {
        if (event.target && event.target.type !== "rect") { return; }
        var point = [event.offsetX, event.offsetY];
        if (event.target || !chart.containPixel("grid", point)) { return; }
        var index = chart.convertFromPixel({ seriesIndex: 0 }, point)[0];
        if (links[index]) { follow(links[index].link); }
      });
    }
    figure.querySelectorAll("button[data-save]").forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () { save(chart, button.dataset.save, figure.id); });
    });
    var width = place.clientWidth;
    new ResizeObserver(function () {
      if (place.clientWidth !== width && place.clientWidth > 0) { width = place.clientWidth; chart.resize(); }
    }).observe(place);
    window.addEventListener("beforeprint", function () {
      var picture = place.querySelector("svg");
      picture.setAttribute("viewBox", "0 0 " + chart.getWidth() + " " + chart.getHeight());
    });
    window.addEventListener("afterprint", function () { place.querySelector("svg").removeAttribute("viewBox"); });
    figure.dataset.drawn = "1";
  }

  function start() {
    document.querySelectorAll("figure.chart-figure").forEach(draw);
    document.querySelectorAll("select[data-submit]").forEach(function (select) {
      select.addEventListener("change", function () { select.form.requestSubmit(); });
    });
    document.querySelectorAll("input[type='date']").forEach(function (input) {
      input.addEventListener("change", function () {
        var preset = input.form.querySelector("select[name='period']");
        if (preset) { preset.value = "custom"; }
      });
    });
    var copy = document.querySelector("button[data-copy]");
    if (copy && navigator.clipboard) {
      copy.hidden = false;
      copy.addEventListener("click", function () {
        navigator.clipboard.writeText(window.location.origin + copy.dataset.copy).then(function () {
          copy.textContent = copy.dataset.done;
        });
      });
    }
    document.documentElement.dataset.ready = "1";
  }

  if (document.readyState === "loading") { document.addEventListener("DOMContentLoaded", start); } else { start(); }
})();
