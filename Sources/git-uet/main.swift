import UETCLI

GitUET.launch()
