"""What `callserver check` and a start look at: everything the settings name is opened and tried."""
