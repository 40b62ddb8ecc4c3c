"use strict";
const access = JSON.parse(document.getElementById("access").textContent);
const people = document.getElementById("people");
for (const user of access.users) {
        const row = people.insertRow();
        row.insertCell().textContent = user.name;
        row.insertCell().textContent = user.groups.map((i) => access.groups[i].name).join(", ");
}
