import UETCLI

await GitUET.start()
