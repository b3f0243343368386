"""What each of Home Assistant's MQTT components means as an entity."""
