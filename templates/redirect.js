// Takes the place in the page along to the new address, which a refresh by itself forgets.
{
  const address = new URL(document.querySelector("main a").href);
  address.search = location.search;
  address.hash = location.hash;
  location.replace(address);
}
