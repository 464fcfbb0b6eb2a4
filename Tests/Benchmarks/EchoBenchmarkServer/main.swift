print("not built in this slice")
