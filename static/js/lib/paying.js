// Says above "Pay now" what the chosen package costs, promo code included. Without scripts the package itself does.
export function startPaying() {
  const tell = () => {
    const line = document.getElementById("to-pay");
    const chosen = document.querySelector('#buy [name="package_id"]:checked');
    if (!line) return;
    line.hidden = !chosen;
    line.querySelector("b").textContent = chosen?.dataset.sum ?? "";
  };
  tell();
  document.addEventListener("change", tell);
  document.addEventListener("htmx:after:swap", tell);
}
