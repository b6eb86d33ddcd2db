"""What the API's writes share: doing a request once, however often it is sent."""
