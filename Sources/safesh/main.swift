print("safesh")
