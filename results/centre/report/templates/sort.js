document.querySelectorAll("table.sortable").forEach((table) => {
  const heads = [...table.tHead.rows[0].cells];
  const collator = new Intl.Collator("en", { numeric: true });
  const said = (row, place) => row.cells[place].dataset.by ?? row.cells[place].textContent.trim();
  const sort = (place) => {
    const down = heads[place].getAttribute("aria-sort") === "ascending";
    heads.forEach((head) => head.setAttribute("aria-sort", "none"));
    heads[place].setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows].map((row) => [said(row, place), row]);
    rows.sort(([one], [other]) => {
      if (!one || !other) return Number(!one) - Number(!other);
      const by = Number(one) - Number(other);
      return (down ? -1 : 1) * (Number.isNaN(by) ? collator.compare(one, other) : by);
    });
    table.tBodies[0].append(...rows.map(([, row]) => row));
  };
  heads.forEach((head, place) => {
    head.setAttribute("aria-sort", "none");
    head.tabIndex = 0;
    head.addEventListener("click", () => sort(place));
    head.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      sort(place);
    });
  });
});
