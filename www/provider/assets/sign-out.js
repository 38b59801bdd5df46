document.getElementById("yes").click();
