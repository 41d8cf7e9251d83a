"""What is: records, the view of them, and plans to change them. Pure and synchronous."""
