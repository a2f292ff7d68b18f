"""EventBridge as AWS answers: connections, whose credentials moto gives back."""
